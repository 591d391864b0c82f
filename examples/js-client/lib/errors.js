// What can go wrong with bytes that came from elsewhere: a rule of the specification is broken.

/** Bytes or values break a rule of the specification, named by its permanent id. */
export class RuleBroken extends Error {
  /**
   * @param {string} rule  id of the rule, such as `REC-4`
   * @param {string} said  what was found, for people
   */
  constructor(rule, said = '') {
    super(said === '' ? rule : `${rule}: ${said}`);
    this.name = 'RuleBroken';
    this.rule = rule;
  }
}

/**
 * Refuse under a rule unless a condition holds.
 * @param {unknown} holds
 * @param {string} rule
 * @param {string} said
 */
export function must(holds, rule, said = '') {
  if (!holds) throw new RuleBroken(rule, said);
}

/**
 * Return the rule that a step breaks, or `null`; anything but a broken rule goes on upwards.
 * @param {() => unknown} step
 * @returns {string | null}
 */
export function ruleBrokenBy(step) {
  try {
    step();
    return null;
  } catch (error) {
    if (error instanceof RuleBroken) return error.rule;
    throw error;
  }
}
