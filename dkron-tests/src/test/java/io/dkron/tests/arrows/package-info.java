/** The arrows between modules and rooms, held by ArchUnit. */
package io.dkron.tests.arrows;
