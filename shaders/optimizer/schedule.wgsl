// What multiplies the learning rate at iteration i, counted from 0, n being the schedule's iterations:
//
//   step     factor^⌊i / n⌋ = e^(⌊i / n⌋ · ln factor)
//   cosine   ½·(1 + cos(π·min(1, i / n))) = sin²(π/2 · r),  r = max(0, n − i) / n  (Loshchilov and Hutter, 2017)
//   warm-up  min(1, (i + 1) / n)

fn schedule_factor(i: u32) -> f32 {
  let n = settings.schedule_iterations;
  switch settings.schedule {
    case SCHEDULE_STEP: {
      return exp(max(f32(i / n) * settings.log_factor, -87.0)); // held where float32 ends
    }
    case SCHEDULE_COSINE: {
      let s = quarter_sine(f32(n - min(i, n)) / f32(n));
      return s * s;
    }
    case SCHEDULE_WARM_UP: {
      return min(1.0, (f32(i) + 1.0) / f32(n));
    }
    default: {
      return 1.0;
    }
  }
}

// sin(π/2 · r) for 0 ≤ r ≤ 1, by its series: WGSL's own sine may err by 2⁻¹¹.
fn quarter_sine(r: f32) -> f32 {
  let x = 1.5707964 * r;
  let y = x * x;
  return x * (1.0 - y / 6.0 * (1.0 - y / 20.0 * (1.0 - y / 42.0 * (1.0 - y / 72.0 * (1.0 - y / 110.0
       * (1.0 - y / 156.0))))));
}
