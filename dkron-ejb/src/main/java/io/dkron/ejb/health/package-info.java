/** The MicroProfile checks of a server: live, started, ready. They report; they decide nothing. */
package io.dkron.ejb.health;
