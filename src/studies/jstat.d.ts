/** The part of jStat that studies use; the package has no types of its own. */
declare module 'jstat' {
  interface Distribution {
    cdf(x: number, degrees: number): number;
    inv(p: number, degrees: number): number;
  }
  const library: { jStat: { studentt: Distribution } };
  export default library;
}
