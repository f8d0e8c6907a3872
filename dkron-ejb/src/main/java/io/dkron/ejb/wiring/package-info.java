/**
 * How a server's parts are made, started and stopped, in order. The only room that knows all others; decides nothing
 * else.
 */
package io.dkron.ejb.wiring;
