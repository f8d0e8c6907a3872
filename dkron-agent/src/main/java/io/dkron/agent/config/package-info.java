/** The configuration file: finds it and reads its five forms. What a value means, the table of settings says. */
package io.dkron.agent.config;
