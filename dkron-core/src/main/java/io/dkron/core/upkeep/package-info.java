/** What operators do with a whole store: look for what is wrong in it, and move it. */
package io.dkron.core.upkeep;
