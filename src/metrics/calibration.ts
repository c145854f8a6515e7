/** Whether a classifier is as often right as it is sure (Guo et al. 2017, "On Calibration of Modern Neural Networks", sections 2 and 3). */

/** Intervals of equal width between 0 and 1; the upper end of each belongs to it. */
export const CALIBRATION_BINS = 10;

export interface CalibrationBin {
  rows: number;
  /** Mean of the largest probabilities, and the share of rows that are right; both 0 without rows. */
  confidence: number;
  accuracy: number;
}

export interface Calibration {
  /** Expected calibration error: |accuracy − confidence| of the intervals, weighted by their rows, 0 to 1. */
  error: number;
  /** Rows that were counted. */
  rows: number;
  bins: CalibrationBin[];
}

/**
 * @param outputs probabilities of the classes, a row each; a row that holds no numbers is left out
 * @param truths class of each row; a negative one does not count, nor does its row
 * @returns undefined where no row is left
 */
export function calibrationOf(outputs: readonly (readonly number[])[], truths: readonly (number | undefined)[]): Calibration | undefined {
  const bins = Array.from({ length: CALIBRATION_BINS }, (): CalibrationBin => ({ rows: 0, confidence: 0, accuracy: 0 }));
  outputs.forEach((probabilities, row) => {
    const truth = truths[row];
    const confidence = Math.max(...probabilities);
    if (truth === undefined || truth < 0 || !Number.isFinite(confidence)) return;
    const bin = bins[Math.min(CALIBRATION_BINS, Math.max(1, Math.ceil(confidence * CALIBRATION_BINS))) - 1];
    bin.rows += 1;
    bin.confidence += confidence;
    bin.accuracy += Number(probabilities.indexOf(confidence) === truth);
  });
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  if (rows === 0) return undefined;
  const means = bins.map((bin) => (bin.rows === 0 ? bin : { rows: bin.rows, confidence: bin.confidence / bin.rows, accuracy: bin.accuracy / bin.rows }));
  return { error: means.reduce((sum, bin) => sum + (bin.rows / rows) * Math.abs(bin.accuracy - bin.confidence), 0), rows, bins: means };
}
