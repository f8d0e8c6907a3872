package io.dkron.cli.command;

import io.dkron.agent.rpc.proto.AcceptRollbackRequest;
import io.dkron.agent.rpc.proto.AcceptRollbackResponse;
import io.dkron.agent.rpc.proto.OperatorGrpc;
import io.dkron.cli.store.OpenedStore;
import io.dkron.cli.store.StoreAddress;
import io.dkron.core.store.Layout;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.upkeep.StoreCheck;
import io.dkron.core.upkeep.StoreCopy;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dkron store}: what operators do with a whole store; all but the acceptance of a rollback without a server. */
@Command(
        name = "store",
        description = "Check a store, copy one into another, or go on with one that went back in time.",
        subcommands = {StoreCommand.Check.class, StoreCommand.Migrate.class, StoreCommand.AcceptRollback.class})
final class StoreCommand implements Callable<Integer> {
    private static final Logger QUIET = Logger.getLogger("io.dkron");
    private static final String ADDRESS =
            "BACKEND://[USER@]MACHINE[,MACHINE...]/KEYSPACE[?tls=true&ca-file=PATH&...], or embedded:DATA-DIR, or boltdb:FILE of Dkron 1.x";

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return 0;
    }

    private static StoreRequest address(CommandSpec spec, String text, String variable) {
        try {
            return StoreAddress.parse(
                            text, Optional.ofNullable(System.getenv(variable)).orElse(""))
                    .request();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static OpenedStore open(StoreRequest request) {
        QUIET.setLevel(Level.WARNING); // what a server's log tells of a store is no answer to a command
        return OpenedStore.open(
                request, Path.of(System.getProperty("dkron.home", "."), "usr/servers/dkron/apps/dkron.ear/store.rar"));
    }

    /** {@code dkron store check}. */
    @Command(
            name = "check",
            description = {
                "Read a keyspace and tell what is inconsistent in it; nothing is changed.",
                "Ends with 0 when all is well, with 1 when something is not."
            })
    static final class Check implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "<store>", description = ADDRESS + "; its password, if any, in DKRON_STORE_PASSWORD")
        private String store = "";

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            StoreRequest request = address(spec, store, "DKRON_STORE_PASSWORD");
            try (OpenedStore opened = open(request)) {
                StoreCheck.Summary summary =
                        StoreCheck.run(opened.store(), Layout.json(request.keyspace()), out::println);
                out.println(summary.jobs() + " jobs, " + summary.executions() + " executions, " + summary.findings()
                        + " findings");
                return summary.findings() == 0 ? 0 : 1;
            } catch (StoreException e) {
                spec.commandLine().getErr().println("dkron: " + e.getMessage());
                return 1;
            }
        }
    }

    /** {@code dkron store migrate}. */
    @Command(
            name = "migrate",
            description = {
                "Copy a keyspace into an empty one, on any two backends.",
                "No server may run on either. A copy that was cut off goes on when it is asked for again.",
                "In the end both are read and compared."
            })
    static final class Migrate implements Callable<Integer> {
        private static final long TELL_EACH_NANOS = 1_000_000_000L;

        @Spec
        private CommandSpec spec;

        @Option(
                names = "--from",
                required = true,
                paramLabel = "<store>",
                description = ADDRESS + "; its password, if any, in DKRON_FROM_PASSWORD")
        private String from = "";

        @Option(
                names = "--to",
                required = true,
                paramLabel = "<store>",
                description = ADDRESS + "; its password, if any, in DKRON_TO_PASSWORD")
        private String to = "";

        private long told = System.nanoTime();

        @Override
        public Integer call() {
            StoreRequest source = address(spec, from, "DKRON_FROM_PASSWORD");
            StoreRequest target = address(spec, to, "DKRON_TO_PASSWORD");
            try (OpenedStore opened = open(source);
                    OpenedStore filled = open(target)) {
                StoreCopy.Result result = StoreCopy.run(
                        opened.store(),
                        source.keyspace(),
                        filled.store(),
                        target.keyspace(),
                        Instant.now(),
                        this::progress);
                if (result instanceof StoreCopy.Result.Done done) {
                    spec.commandLine()
                            .getOut()
                            .println(done.keys() + " keys are there and equal, " + done.copied() + " copied now");
                    return 0;
                }
                spec.commandLine().getErr().println("dkron: " + ((StoreCopy.Result.Failed) result).reason());
                return 1;
            } catch (StoreException e) {
                spec.commandLine().getErr().println("dkron: " + e.getMessage());
                return 1;
            }
        }

        private void progress(StoreCopy.Progress progress) {
            if (System.nanoTime() - told > TELL_EACH_NANOS) {
                told = System.nanoTime();
                spec.commandLine().getErr().println(progress.keys() + " keys, " + (progress.bytes() >> 20) + " MiB");
            }
        }
    }

    /** {@code dkron store accept-rollback}. */
    @Command(
            name = "accept-rollback",
            description = {
                "Tell a server to go on with a store that went back in time (restored from a copy, or failed over to one that",
                "lacks the last writes). What it lost stays lost; what fell due meanwhile is recorded as missed."
            })
    static final class AcceptRollback implements Callable<Integer> {
        private static final int SECONDS = 60;

        @Spec
        private CommandSpec spec;

        @Mixin
        private RpcTarget target;

        @Override
        public Integer call() {
            AcceptRollbackRequest request = AcceptRollbackRequest.newBuilder()
                    .setId(UUID.randomUUID().toString())
                    .build();
            return target.ask(spec, (channel, node) -> {
                AcceptRollbackResponse answer = OperatorGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                        .acceptRollback(request);
                if (answer.getRefusal().isEmpty()) {
                    spec.commandLine().getOut().println("accepted: the server leads in term " + answer.getTerm());
                    return 0;
                }
                spec.commandLine().getErr().println("dkron: " + answer.getRefusal());
                return 1;
            });
        }
    }
}
