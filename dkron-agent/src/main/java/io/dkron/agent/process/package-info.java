/** How the application and the launcher that started it in the same process talk. JDK types only. */
package io.dkron.agent.process;
