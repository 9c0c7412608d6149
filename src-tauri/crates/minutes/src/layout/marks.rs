//! Shapes that repeat what the words beside them say, told apart without colour.

use super::{AMBER, Colour, Drawn, GREEN, GREY, HAIRLINE, RED, Segment, WHITE};
use crate::document::Mark;
use crate::model::{Decision, GateResult, Position, RiskLevel};

/// The colour of the words beside a mark.
pub(crate) const fn colour(mark: Mark) -> Colour {
    match mark {
        Mark::Decision(Decision::Approved | Decision::ApprovedWithConditions)
        | Mark::Gate(GateResult::Passed)
        | Mark::Position(Position::Approve)
        | Mark::Risk(RiskLevel::Low)
        | Mark::Met(true) => GREEN,
        Mark::Decision(Decision::Rejected)
        | Mark::Gate(GateResult::Failed)
        | Mark::Position(Position::Reject)
        | Mark::Risk(RiskLevel::Critical)
        | Mark::Met(false) => RED,
        Mark::Decision(Decision::Deferred | Decision::MoreInformation)
        | Mark::Gate(GateResult::Waived | GateResult::Warned | GateResult::NoEvidence)
        | Mark::Risk(RiskLevel::Medium | RiskLevel::High)
        | Mark::Attention => AMBER,
        Mark::Decision(Decision::Withdrawn | Decision::NoDecision)
        | Mark::Gate(GateResult::NotApplicable)
        | Mark::Position(Position::Abstain | Position::Recused | Position::NoObjection) => GREY,
    }
}

/// A pen in the square from (0, 0) to (1, 1), y upwards from the baseline.
struct Pen {
    x: f32,
    baseline: f32,
    size: f32,
    out: Vec<Drawn>,
}

impl Pen {
    fn at(&self, (x, y): (f32, f32)) -> (f32, f32) {
        (self.x + x * self.size, self.baseline - y * self.size)
    }

    fn path(&self, points: &[(f32, f32)]) -> Vec<Segment> {
        let place = |(index, point): (usize, &(f32, f32))| {
            let (x, y) = self.at(*point);
            if index == 0 { Segment::Move(x, y) } else { Segment::Line(x, y) }
        };
        points.iter().enumerate().map(place).collect()
    }

    fn circle(&self, centre: (f32, f32), radius: f32) -> Vec<Segment> {
        // The usual four curves; 0.5523 makes them a circle to within a quarter of a thousandth.
        let (cx, cy) = self.at(centre);
        let r = radius * self.size;
        let k = 0.5523 * r;
        vec![
            Segment::Move(cx + r, cy),
            Segment::Curve(cx + r, cy + k, cx + k, cy + r, cx, cy + r),
            Segment::Curve(cx - k, cy + r, cx - r, cy + k, cx - r, cy),
            Segment::Curve(cx - r, cy - k, cx - k, cy - r, cx, cy - r),
            Segment::Curve(cx + k, cy - r, cx + r, cy - k, cx + r, cy),
        ]
    }

    fn fill(&mut self, path: Vec<Segment>, colour: Colour) {
        self.out.push(Drawn::Fill { path, colour, tag: None });
    }

    fn stroke(&mut self, path: Vec<Segment>, colour: Colour, width: f32, closed: bool) {
        let width = width * self.size;
        self.out.push(Drawn::Stroke { path, colour, width, closed, tag: None });
    }

    fn disc(&mut self, colour: Colour) {
        let path = self.circle(CENTRE, 0.5);
        self.fill(path, colour);
    }

    fn ring(&mut self, colour: Colour) {
        let path = self.circle(CENTRE, 0.44);
        self.stroke(path, colour, 0.11, true);
    }

    fn polyline(&mut self, points: &[(f32, f32)], colour: Colour, width: f32) {
        let path = self.path(points);
        self.stroke(path, colour, width, false);
    }

    fn polygon(&mut self, points: &[(f32, f32)], colour: Colour) {
        let path = self.path(points);
        self.fill(path, colour);
    }

    fn check(&mut self, colour: Colour) {
        self.polyline(&[(0.26, 0.36), (0.44, 0.18), (0.76, 0.56)], colour, 0.13);
    }

    fn cross(&mut self, colour: Colour) {
        self.polyline(&[(0.31, 0.17), (0.69, 0.55)], colour, 0.13);
        self.polyline(&[(0.31, 0.55), (0.69, 0.17)], colour, 0.13);
    }

    fn dash(&mut self, colour: Colour) {
        self.polyline(&[(0.25, 0.36), (0.75, 0.36)], colour, 0.13);
    }

    fn triangle(&mut self, colour: Colour) {
        self.polygon(&[(0.5, 0.9), (1.02, -0.06), (-0.02, -0.06)], colour);
        self.polyline(&[(0.5, 0.58), (0.5, 0.26)], WHITE, 0.12);
        let dot = self.circle((0.5, 0.1), 0.07);
        self.fill(dot, WHITE);
    }
}

/// The middle of the shapes, so that they sit at half the height of a capital.
const CENTRE: (f32, f32) = (0.5, 0.36);

/// How wide a mark is, with the space after it, as a share of the type size.
pub(crate) const fn advance(mark: Mark) -> f32 {
    match mark {
        Mark::Risk(_) => 1.42,
        Mark::Decision(_) | Mark::Gate(_) | Mark::Position(_) | Mark::Met(_) | Mark::Attention => 1.28,
    }
}

/// Draws a mark with its left edge at `x` on `baseline`, for type of `size` points.
pub(crate) fn draw(mark: Mark, x: f32, baseline: f32, size: f32) -> Vec<Drawn> {
    let mut pen = Pen { x, baseline, size, out: Vec::new() };
    let tone = colour(mark);
    match mark {
        Mark::Risk(level) => risk(&mut pen, level, tone),
        Mark::Decision(Decision::Approved) => {
            pen.disc(tone);
            pen.check(WHITE);
        }
        Mark::Decision(Decision::ApprovedWithConditions) => {
            pen.ring(tone);
            pen.check(tone);
        }
        Mark::Decision(Decision::Rejected) => {
            pen.polygon(
                &[
                    (0.29, -0.14),
                    (0.71, -0.14),
                    (1.0, 0.15),
                    (1.0, 0.57),
                    (0.71, 0.86),
                    (0.29, 0.86),
                    (0.0, 0.57),
                    (0.0, 0.15),
                ],
                tone,
            );
            pen.cross(WHITE);
        }
        Mark::Decision(Decision::Deferred) => {
            pen.ring(tone);
            pen.polyline(&[(0.5, 0.64), (0.5, 0.36), (0.7, 0.24)], tone, 0.11);
        }
        Mark::Decision(Decision::MoreInformation) => {
            pen.disc(tone);
            pen.polyline(&[(0.5, 0.4), (0.5, 0.08)], WHITE, 0.14);
            let dot = pen.circle((0.5, 0.6), 0.085);
            pen.fill(dot, WHITE);
        }
        Mark::Decision(Decision::Withdrawn) => {
            pen.ring(tone);
            pen.dash(tone);
        }
        Mark::Decision(Decision::NoDecision) => pen.ring(tone),
        Mark::Gate(GateResult::Passed) | Mark::Position(Position::Approve) | Mark::Met(true) => {
            pen.polyline(&[(0.08, 0.36), (0.36, 0.08), (0.92, 0.68)], tone, 0.16);
        }
        Mark::Gate(GateResult::Failed) | Mark::Position(Position::Reject) | Mark::Met(false) => {
            pen.polyline(&[(0.18, 0.04), (0.82, 0.68)], tone, 0.16);
            pen.polyline(&[(0.18, 0.68), (0.82, 0.04)], tone, 0.16);
        }
        Mark::Gate(GateResult::Waived) => {
            let diamond = pen.path(&[(0.5, 0.8), (0.94, 0.36), (0.5, -0.08), (0.06, 0.36)]);
            pen.stroke(diamond, tone, 0.11, true);
            pen.dash(tone);
        }
        Mark::Gate(GateResult::Warned) | Mark::Attention => pen.triangle(tone),
        Mark::Gate(GateResult::NoEvidence) => pen.ring(tone),
        Mark::Gate(GateResult::NotApplicable) | Mark::Position(Position::Recused) => pen.dash(tone),
        Mark::Position(Position::Abstain) => {
            let ring = pen.circle(CENTRE, 0.34);
            pen.stroke(ring, tone, 0.11, true);
        }
        Mark::Position(Position::NoObjection) => {
            let dot = pen.circle(CENTRE, 0.16);
            pen.fill(dot, tone);
        }
    }
    pen.out
}

/// Four rising bars; as many are filled as the level counts.
fn risk(pen: &mut Pen, level: RiskLevel, tone: Colour) {
    let filled = match level {
        RiskLevel::Low => 1,
        RiskLevel::Medium => 2,
        RiskLevel::High => 3,
        RiskLevel::Critical => 4,
    };
    for bar in 0..4_u8 {
        let left = 0.30 * f32::from(bar);
        let top = 0.28 + 0.19 * f32::from(bar);
        let corners = [(left, 0.0), (left + 0.22, 0.0), (left + 0.22, top), (left, top)];
        pen.polygon(&corners, if bar < filled { tone } else { HAIRLINE });
    }
}
