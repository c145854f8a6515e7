// reduce (subgroup form) — LANES lanes share a row through subgroup shuffles, without barriers; every lane gets the result.
// LANES is a power of two, at most the smallest subgroup size, so that no row straddles two subgroups.

fn reduce_sum(value: f32, row: u32, lane: u32) -> f32 {
  var total = value;
  for (var mask = 1u; mask < LANES; mask *= 2u) { total += subgroupShuffleXor(total, mask); }
  return total;
}

fn reduce_max(value: f32, row: u32, lane: u32) -> f32 {
  var highest = value;
  for (var mask = 1u; mask < LANES; mask *= 2u) { highest = max(highest, subgroupShuffleXor(highest, mask)); }
  return highest;
}
