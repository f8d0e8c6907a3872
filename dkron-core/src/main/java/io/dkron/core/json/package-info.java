/**
 * JSON as text: reading into plain values with a bounded depth, checked access to fields, writing, indenting.
 *
 * <p>Knows no job and no execution: their forms live beside them ({@code JobJson}, {@code ExecutionJson}).
 */
package io.dkron.core.json;
