/**
 * The store: one small SPI at the level of keys, the same for every backend, and the repositories above it. A backend
 * knows no job; a repository knows no backend.
 */
package io.dkron.core.store;
