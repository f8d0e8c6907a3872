/** Faults: a server killed at any moment, a full disk, a broken store file; and the checker of what remains. */
package io.dkron.tests.faults;
