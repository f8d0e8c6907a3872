/** Where a server's settings come from: MicroProfile Config, and on a stock Liberty the configuration file below it. */
package io.dkron.ejb.config;
