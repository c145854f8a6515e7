// step_metrics — the scalars of one step, written into a ring that comes home a few times a second
//          ring[slot] = (cross-entropy, consistency, gradient norm, 0), the first two averaged over the counted rows of all micro-batches:
//          the first micro-batch assigns, each later one adds its share; the norm is right once the last one has finished the step
//
// shapes   losses and second_losses (N), values (M), norm (2), ring (slots, 4)
// threads  one workgroup of LANES lanes
// backward none
// libs     step, reduce
// set by the host
const LANES: u32 = 1;
const ROWS: u32 = 1;
const CONSISTENCY: bool = false;
const SECOND: bool = false;   // a second pass with a cross-entropy of its own, recorded apart from the first

struct Params { losses: u32, values: u32, loss_weight: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> losses: array<f32>;
@group(0) @binding(3) var<storage, read> values: array<f32>;
@group(0) @binding(4) var<storage, read> norm: array<f32>;
@group(0) @binding(5) var<storage, read> second_losses: array<f32>;
@group(0) @binding(6) var<storage, read_write> ring: array<vec4f>;

@compute @workgroup_size(LANES)
fn forward(@builtin(local_invocation_index) lane: u32) {
  var loss = 0.0;
  for (var i = lane; i < params.losses; i += LANES) { loss += losses[i]; }
  if (SECOND) {
    for (var i = lane; i < params.losses; i += LANES) { loss += second_losses[i]; }
  }
  loss = reduce_sum(loss, 0u, lane);
  var distance = 0.0;
  if (CONSISTENCY) {
    for (var i = lane; i < params.values; i += LANES) { distance += values[i]; }
    distance = reduce_sum(distance, 0u, lane);
  }
  if (lane == 0u) {
    var sums = vec2f(loss * params.loss_weight * step.inverse_rows, distance * step.inverse_rows);
    if (step.micro_batch > 0u) { sums += ring[step.ring_slot].xy; }
    ring[step.ring_slot] = vec4f(sums, norm[0], 0.0);
  }
}
