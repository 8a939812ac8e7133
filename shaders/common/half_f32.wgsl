// How a number is kept that has no more than 16 bits, and is the same with 32. Its other is half_f16.wgsl.
alias Half = f32;
