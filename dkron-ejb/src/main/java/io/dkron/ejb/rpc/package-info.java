/** The agent part of a server and the calls between members: what a leader asks, and what members report. */
package io.dkron.ejb.rpc;
