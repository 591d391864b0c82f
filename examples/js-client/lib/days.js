// Time as the protocol counts it: milliseconds and whole days since 1970-01-01, UTC.

import { LIMITS } from './registry.js';

/** The day of a time. @param {number} ms */
export const dayOf = (ms) => Math.floor(ms / LIMITS.DAY_MS);

/** Whether a record is due, and may be shown. @param {{rev: number}} record @param {number} nowMs */
export const isDue = (record, nowMs) => record.rev - nowMs <= LIMITS.CLOCK_SKEW_MS_MAX;

/** Whether a record has expired. @param {{expires: number}} record @param {number} nowMs */
export const hasExpired = (record, nowMs) => record.expires <= dayOf(nowMs);
