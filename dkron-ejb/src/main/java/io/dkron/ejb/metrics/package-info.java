/**
 * What a server counts and measures, and its Prometheus text. Hot paths pay a few atomic adds; all else is read when
 * somebody asks.
 */
package io.dkron.ejb.metrics;
