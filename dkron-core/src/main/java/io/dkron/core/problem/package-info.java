/** How inputs are refused: every problem at once, each with its field. */
package io.dkron.core.problem;
