//! Lines in which words run from right to left (Unicode Standard Annex #9). The line itself runs from left to right, as
//! the document's own words do.

use unicode_bidi::{Level, ParagraphBidiInfo};

use super::lines::{Piece, Type};
use super::marks;
use crate::fonts::Fonts;

/// Stands for a shape among the letters.
const SHAPE: char = '\u{fffc}';

/// Signs that are mirrored among words from right to left: those that the compiled-in faces have in pairs.
const MIRRORED: [(char, char); 6] =
    [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('\u{ab}', '\u{bb}'), ('\u{2039}', '\u{203a}')];

/// Something that keeps its place in the line: a stretch of one level.
struct Item {
    piece: Piece,
    width: f32,
    level: Level,
}

/// The pieces where they stand: each keeps its turn in the list, which is that of reading, and gets another `x`.
pub(super) fn turned(fonts: &Fonts, pieces: Vec<Piece>) -> Vec<Piece> {
    let turns = |piece: &Piece| match piece {
        Piece::Words { text, .. } | Piece::Run { text, .. } => !text.is_ascii() && text.chars().any(may_turn),
        Piece::Mirrored { .. } | Piece::Mark { .. } => false,
    };
    if !pieces.iter().any(turns) {
        return pieces;
    }
    let text: String = pieces.iter().map(said).collect();
    let info = ParagraphBidiInfo::new(&text, Some(Level::ltr()));
    let levels = info.reordered_levels(0..text.len());
    let mut items = Vec::new();
    let mut at = 0;
    let mut end = 0.0;
    for piece in pieces {
        let level = |at: usize| levels.get(at).copied().unwrap_or_else(Level::ltr);
        let begins = left(&piece);
        if begins - end > 0.01 {
            // Room between two kinds of type: it moves with what follows it.
            let (text, set) = (String::new(), super::lines::BODY);
            items.push(Item { piece: Piece::Words { x: 0.0, text, set }, width: begins - end, level: level(at) });
        }
        end = begins + width(fonts, &piece);
        let length = said(&piece).len();
        match piece {
            Piece::Words { text, set, .. } => split(fonts, &text, set, |byte| level(at + byte), &mut items),
            other @ (Piece::Run { .. } | Piece::Mirrored { .. } | Piece::Mark { .. }) => {
                let width = width(fonts, &other);
                items.push(Item { piece: other, width, level: level(at) });
            }
        }
        at += length;
    }
    placed(items)
}

/// Gives each item its place, and leaves them in the order in which they are read.
fn placed(items: Vec<Item>) -> Vec<Piece> {
    let levels: Vec<Level> = items.iter().map(|item| item.level).collect();
    let mut places = vec![0.0; items.len()];
    let mut x = 0.0;
    for index in ParagraphBidiInfo::reorder_visual(&levels) {
        if let (Some(place), Some(item)) = (places.get_mut(index), items.get(index)) {
            *place = x;
            x += item.width;
        }
    }
    let place = |(mut item, place): (Item, f32)| {
        match &mut item.piece {
            Piece::Words { x, .. } | Piece::Run { x, .. } | Piece::Mirrored { x, .. } | Piece::Mark { x, .. } => {
                *x = place;
            }
        }
        item.piece
    };
    let empty = |piece: &Piece| matches!(piece, Piece::Words { text, .. } if text.is_empty());
    items.into_iter().zip(places).map(place).filter(|piece| !empty(piece)).collect()
}

/// Cuts letters into stretches of one level. Those from right to left are written backwards, since they are drawn from
/// the left, each sign in its other form; what no face has stays a letter alone, so that its text stays in place.
fn split(fonts: &Fonts, text: &str, set: Type, level: impl Fn(usize) -> Level, items: &mut Vec<Item>) {
    let mut rest = text;
    let mut at = 0;
    while !rest.is_empty() {
        let own = level(at);
        let same = rest.char_indices().find(|(byte, _)| level(at + byte) != own).map_or(rest.len(), |(byte, _)| byte);
        let (stretch, later) = rest.split_at(same);
        let mut add = |piece: Piece| {
            let width = width(fonts, &piece);
            items.push(Item { piece, width, level: own });
        };
        if own.is_ltr() {
            add(Piece::Words { x: 0.0, text: stretch.to_owned(), set });
        } else {
            let mut backwards = String::new();
            for character in stretch.chars() {
                let shown = mirrored(character);
                if shown.is_none() && fonts.has(set.face, character) {
                    backwards.insert(0, character);
                    continue;
                }
                if !backwards.is_empty() {
                    add(Piece::Words { x: 0.0, text: std::mem::take(&mut backwards), set });
                }
                add(match shown {
                    Some(shown) => Piece::Mirrored { x: 0.0, shown, kept: character, set },
                    None => Piece::Words { x: 0.0, text: character.to_string(), set },
                });
            }
            if !backwards.is_empty() {
                add(Piece::Words { x: 0.0, text: backwards, set });
            }
        }
        at += same;
        rest = later;
    }
}

fn mirrored(character: char) -> Option<char> {
    let other = |(open, close): &(char, char)| match character {
        same if same == *open => Some(*close),
        same if same == *close => Some(*open),
        _ => None,
    };
    MIRRORED.iter().find_map(other)
}

/// What a piece says, a shape as one sign.
fn said(piece: &Piece) -> String {
    match piece {
        Piece::Words { text, .. } | Piece::Run { text, .. } => text.clone(),
        Piece::Mirrored { kept, .. } => kept.to_string(),
        Piece::Mark { .. } => SHAPE.to_string(),
    }
}

fn left(piece: &Piece) -> f32 {
    match piece {
        Piece::Words { x, .. } | Piece::Run { x, .. } | Piece::Mirrored { x, .. } | Piece::Mark { x, .. } => *x,
    }
}

fn width(fonts: &Fonts, piece: &Piece) -> f32 {
    match piece {
        Piece::Words { text, set, .. } => fonts.letters_width(set.face, set.size, text),
        Piece::Run { shaped, .. } => shaped.width,
        Piece::Mirrored { shown, set, .. } => fonts.advance_at(set.face, set.size, *shown),
        Piece::Mark { mark, size, .. } => marks::advance(*mark) * size,
    }
}

/// Whether a character may turn a line. The scripts that do begin with Hebrew.
fn may_turn(character: char) -> bool {
    use unicode_bidi::BidiClass;
    character >= '\u{590}'
        && matches!(unicode_bidi::bidi_class(character), BidiClass::R | BidiClass::AL | BidiClass::AN)
}
