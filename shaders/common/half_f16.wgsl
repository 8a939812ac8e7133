// How a number is kept that has no more than 16 bits, where the adapter has such numbers. Its other is half_f32.wgsl.
alias Half = f16;
