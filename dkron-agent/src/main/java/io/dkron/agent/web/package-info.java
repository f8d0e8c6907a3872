/** What a plain agent answers by HTTP: index, health, metrics. */
package io.dkron.agent.web;
