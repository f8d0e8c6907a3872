/**
 * The cases that this Dkron keeps of the original, and the known faults that it must not have, each by its number: those that
 * no other room shows, and the check that {@code docs/conformance.md} and {@code docs/known-faults.md} tell the truth.
 */
package io.dkron.tests.conformance;
