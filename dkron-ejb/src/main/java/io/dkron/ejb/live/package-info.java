/**
 * Events and output on their way to people who watch. Everything here may be dropped and read again: subscribers have
 * bounded buffers, and one that is too slow is told to start anew.
 */
package io.dkron.ejb.live;
