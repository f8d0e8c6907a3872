/** How far other members' clocks are from this one's, and a clock that follows the leader's. */
package io.dkron.agent.time;
