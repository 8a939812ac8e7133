// W sees h as it is. Its other is dropped.wgsl.
const DROPS = false;

fn dropped(row: u32, unit: u32, value: f32) -> f32 {
  return value;
}
