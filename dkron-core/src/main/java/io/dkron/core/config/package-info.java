/**
 * Every setting of a node, once: name, type, default, meaning. Reads and checks values that its caller found; no file,
 * environment or command line is touched here.
 */
package io.dkron.core.config;
