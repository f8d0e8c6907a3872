/** Who may do what: decisions on a request's origin and a caller's role. No HTTP types: the edges pass plain values. */
package io.dkron.core.access;
