/**
 * When a job is due. No clock: the caller says the time.
 *
 * <p>{@link io.dkron.core.schedule.ScheduleParser} decides what is valid and makes a
 * {@link io.dkron.core.schedule.Schedule}; {@link io.dkron.core.schedule.BoundSchedule} binds it to a job's zone, anchor and
 * period of validity, and is what a leader asks. Everything here is immutable and safe from any thread.
 */
package io.dkron.core.schedule;
