/** The life of one node: starting, stopping, being killed, coming back; and what became of its jobs meanwhile. */
package io.dkron.tests.node;
