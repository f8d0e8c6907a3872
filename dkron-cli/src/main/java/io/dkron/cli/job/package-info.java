/** Commands that people use on jobs, through the REST API: what they take, what they print, how they end. */
package io.dkron.cli.job;
