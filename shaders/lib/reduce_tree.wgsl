// reduce (tree form) — LANES lanes share a row through workgroup memory; every lane gets the result.
// LANES is a power of two. Must be called in uniform control flow.

var<workgroup> reduce_scratch: array<f32, LANES * ROWS>;

fn reduce_sum(value: f32, row: u32, lane: u32) -> f32 {
  let base = row * LANES;
  reduce_scratch[base + lane] = value;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) { reduce_scratch[base + lane] += reduce_scratch[base + lane + half]; }
    workgroupBarrier();
  }
  let total = reduce_scratch[base];
  workgroupBarrier();
  return total;
}

fn reduce_max(value: f32, row: u32, lane: u32) -> f32 {
  let base = row * LANES;
  reduce_scratch[base + lane] = value;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) { reduce_scratch[base + lane] = max(reduce_scratch[base + lane], reduce_scratch[base + lane + half]); }
    workgroupBarrier();
  }
  let highest = reduce_scratch[base];
  workgroupBarrier();
  return highest;
}
