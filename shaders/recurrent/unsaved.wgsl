// Nothing is kept of a unit: no backward sweep follows. Its other is saved.wgsl.

fn save(row: u32, unit: u32, values: array<f32, SAVED_SLOTS>) {
}
