//! The list of changes against a plain filter over the same rows.
use std::time::Instant;

use domain::change::{ChangeKind, StatusCategory};
use domain::ids::Digest;
use domain::meeting::DecisionKind;
use domain::risk::RiskLevel;
use domain::sign_off::Standing;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::support::*;
use crate::change_list::terms;
use crate::value::folded;
use crate::{AgendaCandidate, ChangesQuery, IndexRow, MAX_LIMIT, SortColumn, Store, Tombstone, View};

const LEVELS: [RiskLevel; 4] = [RiskLevel::Low, RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical];
const KINDS: [ChangeKind; 3] = [ChangeKind::Standard, ChangeKind::Normal, ChangeKind::Emergency];
const STANDINGS: [Standing; 4] = [Standing::Undecided, Standing::Approved, Standing::Stale, Standing::Deferred];
const CATEGORIES: [StatusCategory; 3] = [StatusCategory::Draft, StatusCategory::Awaiting, StatusCategory::Closed];
const TITLES: [&str; 8] = [
    "Renew the gateway certificate",
    "ÜBERGABE der Zahlungen",
    "100% rollout of feature_x",
    "Upgrade PostgreSQL to 17",
    "renew DNS records",
    "Fix login_loop",
    "Straße frei",
    "Patch kernel; 50% hosts",
];

/// A row in which everything varies with `n`.
fn varied(n: u32) -> IndexRow {
    let pick = |m: u32| (n.wrapping_mul(2_654_435_761u32.wrapping_mul(m)) >> 7) as usize;
    let mut row = index_row(n, TITLES[pick(1) % TITLES.len()]);
    row.kind = (pick(2) % 7 != 0).then(|| KINDS[pick(2) % 3]);
    row.level = (pick(3) % 3 != 0).then(|| LEVELS[pick(3) % 4]);
    row.level_high = LEVELS[pick(4) % 4];
    row.score_high = (pick(5) % 101) as u32;
    row.standing = STANDINGS[pick(6) % 4];
    row.category = (pick(7) % 5 != 0).then(|| CATEGORIES[pick(7) % 3]);
    row.decision = (pick(8) % 2 == 0).then(|| [DecisionKind::Approved, DecisionKind::Deferred][pick(8) / 2 % 2]);
    row.attention = pick(9) % 4 == 0;
    if pick(10) % 3 == 0 {
        row.window = None;
    }
    row.updated = at((pick(11) % 50) as u32);
    row.service = ["Payments", "Identity", "100%"][pick(12) % 3].to_owned();
    row.search = format!("Beschreibung {}", pick(13) % 10);
    row.content = Digest::of(&n.to_be_bytes());
    row.release = ["", "Winter 2026"][pick(14) % 2].to_owned();
    row
}

struct Naive {
    row: IndexRow,
    text: String,
    candidate: bool,
    seen_other: bool,
    gone: bool,
}

async fn filled(store: &Store, n: u32) -> Vec<Naive> {
    with_changes(store, n).await;
    let rows: Vec<Naive> = (1..=n)
        .map(|n| Naive {
            row: varied(n),
            text: varied(n).searchable(),
            candidate: n % 11 == 0,
            seen_other: n % 13 == 0,
            gone: n % 17 == 0,
        })
        .collect();
    let mut append = store.begin_immediate().await.unwrap();
    append.put_index(&rows.iter().map(|r| r.row.clone()).collect::<Vec<_>>()).await.unwrap();
    for naive in &rows {
        let change = naive.row.key.clone();
        if naive.candidate {
            append
                .put_candidate(&AgendaCandidate { change: change.clone(), rank: None, added_at: at(1) })
                .await
                .unwrap();
        }
        // Looked at by member 1: some have changed since.
        if naive.seen_other {
            append.mark_seen(member(1), &change, Digest::of(b"older"), b"older", at(1)).await.unwrap();
        } else if naive.row.key.number() % 2 == 0 {
            append.mark_seen(member(1), &change, naive.row.content, b"same", at(1)).await.unwrap();
        }
        if naive.gone {
            append.put_tombstone(&change, &Tombstone::Deleted, at(1)).await.unwrap();
        }
    }
    append.commit().await.unwrap();
    rows
}

fn in_view(naive: &Naive, view: View, query: &ChangesQuery) -> bool {
    match view {
        View::All => true,
        View::Open => {
            naive.row.decision.is_none()
                && matches!(naive.row.category, None | Some(StatusCategory::Draft | StatusCategory::Awaiting))
        }
        View::Decided => naive.row.decision.is_some(),
        View::Attention => naive.row.attention || (naive.seen_other && query.member == Some(member(1))),
    }
}

fn passes(naive: &Naive, query: &ChangesQuery) -> bool {
    let row = &naive.row;
    (query.with_tombstones || !naive.gone)
        && (!query.only_candidates || naive.candidate)
        && (query.kinds.is_empty() || row.kind.is_some_and(|k| query.kinds.contains(&k)))
        && (query.levels.is_empty() || query.levels.contains(&row.level.unwrap_or(row.level_high)))
        && (query.standings.is_empty() || query.standings.contains(&row.standing))
        && (query.categories.is_empty() || row.category.is_some_and(|c| query.categories.contains(&c)))
        && terms(&query.text).iter().all(|t| naive.text.contains(t.as_str()))
}

/// What is sorted by, in a form that compares; `None` for what has no value.
fn sorted_by(row: &IndexRow, column: SortColumn) -> Option<(String, u32)> {
    match column {
        SortColumn::Key => Some((String::new(), row.key.number())),
        SortColumn::Title => Some((folded(&row.title), 0)),
        SortColumn::Kind => row.kind.map(|k| (crate::value::word("kind", &k).unwrap(), 0)),
        SortColumn::Risk => {
            Some(((crate::value::rank(row.level.unwrap_or(row.level_high))).to_string(), row.score_high))
        }
        SortColumn::Decision => row.decision.map(|d| (crate::value::word("decision", &d).unwrap(), 0)),
        SortColumn::Window => row.window.as_ref().map(|w| (crate::value::time_text(w.start), 0)),
        SortColumn::Updated => Some((crate::value::time_text(row.updated), 0)),
    }
}

fn naive_keys(rows: &[Naive], query: &ChangesQuery) -> Vec<u32> {
    let mut found: Vec<_> =
        rows.iter().filter(|r| passes(r, query) && in_view(r, query.view, query)).map(|r| &r.row).collect();
    found.sort_by(|a, b| {
        let (x, y) = (sorted_by(a, query.sort), sorted_by(b, query.sort));
        let order = match (x, y) {
            (Some(x), Some(y)) if query.descending => y.cmp(&x),
            (Some(x), Some(y)) => x.cmp(&y),
            (None, None) => std::cmp::Ordering::Equal,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(_), None) => std::cmp::Ordering::Less,
        };
        order.then(a.key.number().cmp(&b.key.number()))
    });
    found.iter().map(|r| r.key.number()).collect()
}

fn queries() -> impl Strategy<Value = ChangesQuery> {
    let text = prop_oneof![
        3 => Just(String::new()),
        1 => prop::sample::select(vec!["renew", "RENEW dns", "100%", "_", "über", "STRASSE", "straße", "login_loop chg-1", "'\"; --", "%", "\\"]).prop_map(str::to_owned),
        1 => "[a-zÜ%_ ]{0,12}",
    ];
    let columns = prop::sample::select(vec![
        SortColumn::Key,
        SortColumn::Title,
        SortColumn::Kind,
        SortColumn::Risk,
        SortColumn::Decision,
        SortColumn::Window,
        SortColumn::Updated,
    ]);
    let views = prop::sample::select(vec![View::All, View::Open, View::Attention, View::Decided]);
    (
        text,
        prop::sample::subsequence(KINDS.to_vec(), 0..=2),
        prop::sample::subsequence(LEVELS.to_vec(), 0..=3),
        prop::sample::subsequence(STANDINGS.to_vec(), 0..=2),
        prop::sample::subsequence(CATEGORIES.to_vec(), 0..=2),
        views,
        (prop::bool::weighted(0.1), any::<bool>(), any::<bool>(), any::<bool>()),
        columns,
        0u32..40,
        0u32..60,
    )
        .prop_map(|(text, kinds, levels, standings, categories, view, flags, sort, offset, limit)| ChangesQuery {
            text,
            kinds,
            levels,
            standings,
            categories,
            view,
            only_candidates: flags.0,
            with_tombstones: flags.1,
            member: flags.2.then(|| member(1)),
            sort,
            descending: flags.3,
            offset,
            limit,
        })
}

#[test]
fn the_list_answers_as_a_plain_filter_does() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (_dir, store) = runtime.block_on(new_store());
    let rows = runtime.block_on(filled(&store, 300));
    let mut runner = TestRunner::new(Config { cases: 250, failure_persistence: None, ..Config::default() });
    runner
        .run(&queries(), |query| {
            let page = runtime.block_on(store.list_changes(&query)).unwrap();
            let expected = naive_keys(&rows, &query);
            prop_assert_eq!(page.total as usize, expected.len());
            let cut: Vec<_> = expected.iter().copied().skip(query.offset as usize).take(query.limit as usize).collect();
            let got: Vec<_> = page.rows.iter().map(|r| r.row.key.number()).collect();
            prop_assert_eq!(got, cut);
            for (view, count) in [
                (View::All, page.counts.all),
                (View::Open, page.counts.open),
                (View::Attention, page.counts.attention),
                (View::Decided, page.counts.decided),
            ] {
                let naive = rows.iter().filter(|r| passes(r, &query) && in_view(r, view, &query)).count();
                prop_assert_eq!(count as usize, naive, "{:?}", view);
            }
            for listed in &page.rows {
                let naive = &rows[listed.row.key.number() as usize - 1];
                prop_assert_eq!(&listed.row, &IndexRow { search: String::new(), ..naive.row.clone() });
                prop_assert_eq!(listed.candidate, naive.candidate);
                prop_assert_eq!(listed.changed_since_looked, naive.seen_other && query.member.is_some());
                prop_assert_eq!(listed.tombstone.is_some(), naive.gone);
            }
            let keys: Vec<_> = runtime.block_on(store.list_keys(&query)).unwrap().iter().map(|k| k.number()).collect();
            prop_assert_eq!(keys, expected);
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn a_page_is_never_longer_than_its_bound() {
    let (_dir, store) = new_store().await;
    let rows: Vec<_> = (1..=MAX_LIMIT + 20).map(varied).collect();
    let mut append = store.begin_immediate().await.unwrap();
    append.put_index(&rows).await.unwrap();
    append.commit().await.unwrap();
    let page = store.list_changes(&ChangesQuery { limit: u32::MAX, ..Default::default() }).await.unwrap();
    assert_eq!(page.rows.len(), MAX_LIMIT as usize);
    assert_eq!(page.total, MAX_LIMIT + 20);
}

#[tokio::test]
async fn a_list_made_again_has_the_same_rows() {
    let (_dir, store) = new_store().await;
    let rows = filled(&store, 60).await;
    let query = ChangesQuery { limit: 100, with_tombstones: true, member: Some(member(1)), ..Default::default() };
    let before = store.list_changes(&query).await.unwrap();
    let mut append = store.begin_immediate().await.unwrap();
    append.clear_projection().await.unwrap();
    append.put_index(&rows.iter().rev().map(|r| r.row.clone()).collect::<Vec<_>>()).await.unwrap();
    append.commit().await.unwrap();
    assert_eq!(store.list_changes(&query).await.unwrap(), before);
    assert_eq!(store.index_row(&key(7)).await.unwrap().unwrap().title, rows[6].row.title);
}

#[tokio::test]
async fn ten_thousand_changes_are_searched_sorted_and_paged() {
    let (_dir, store) = new_store().await;
    let rows: Vec<Naive> = (1..=10_000)
        .map(|n| {
            let mut row = varied(n);
            row.search = format!("{} {}", row.search, "words of a description that is searched ".repeat(8));
            Naive { text: row.searchable(), row, candidate: false, seen_other: false, gone: false }
        })
        .collect();
    let mut append = store.begin_immediate().await.unwrap();
    append.put_index(&rows.iter().map(|r| r.row.clone()).collect::<Vec<_>>()).await.unwrap();
    append.commit().await.unwrap();
    for (what, query) in [
        ("first page", ChangesQuery { limit: 60, ..Default::default() }),
        ("search", ChangesQuery { text: "gateway chg-9".to_owned(), limit: 60, ..Default::default() }),
        ("nothing found", ChangesQuery { text: "zzzz".to_owned(), limit: 60, ..Default::default() }),
        (
            "by window, deep",
            ChangesQuery { sort: SortColumn::Window, descending: true, offset: 6000, limit: 60, ..Default::default() },
        ),
        (
            "by risk, attention",
            ChangesQuery {
                sort: SortColumn::Risk,
                view: View::Attention,
                member: Some(member(1)),
                limit: 60,
                ..Default::default()
            },
        ),
    ] {
        let mut best = u128::MAX;
        let mut page = store.list_changes(&query).await.unwrap();
        for _ in 0..5 {
            let start = Instant::now();
            page = store.list_changes(&query).await.unwrap();
            best = best.min(start.elapsed().as_micros());
        }
        println!("10,000 changes, {what}: {best} µs (best of 5), {} of {}", page.rows.len(), page.total);
        let expected = naive_keys(&rows, &query);
        assert_eq!(page.total as usize, expected.len(), "{what}");
        let cut: Vec<_> = expected.into_iter().skip(query.offset as usize).take(60).collect();
        assert_eq!(page.rows.iter().map(|r| r.row.key.number()).collect::<Vec<_>>(), cut, "{what}");
    }
}
