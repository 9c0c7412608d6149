//! What must survive: simulated power cuts and kills while entries are written, taken in from other devices, and
//! while an older folder is upgraded. The counts are those of `make gauntlet` with `CABINET_COUNTS=full`.
mod children;
mod kills;
mod power_cuts;
mod scene;
