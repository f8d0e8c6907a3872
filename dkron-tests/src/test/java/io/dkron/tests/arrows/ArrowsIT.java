package io.dkron.tests.arrows;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.dkron.tests.support.Distribution;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which module may know which. Reads the compiled classes of every module, those in WARs and the RAR too. */
class ArrowsIT {
    private static final List<String> MODULES = List.of(
            "dkron-core",
            "dkron-agent",
            "dkron-ejb",
            "dkron-jaxrs",
            "dkron-web",
            "dkron-cli",
            "dkron-connectors/embedded",
            "dkron-connectors/etcd",
            "dkron-connectors/consul",
            "dkron-connectors/redis",
            "dkron-connectors/zookeeper",
            "dkron-connectors/postgres",
            "dkron-connectors/dynamodb",
            "dkron-connectors/backends",
            "dkron-connectors/adapter");
    private static JavaClasses all;

    @BeforeAll
    static void read() {
        Path[] folders = MODULES.stream()
                .map(m -> Distribution.root().resolve(m).resolve("target/classes"))
                .filter(Files::isDirectory)
                .toArray(Path[]::new);
        all = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPaths(folders);
    }

    @Test
    void everyModuleIsSeen() {
        for (String module : List.of("core", "agent", "ejb", "jaxrs", "web", "cli", "connectors")) {
            classes()
                    .that()
                    .resideInAPackage("io.dkron." + module + "..")
                    .should()
                    .resideInAPackage("io.dkron..")
                    .check(all); // fails where nothing matches
        }
    }

    @Test
    void coreDependsOnNothingOfOursAndOnNoContainer() {
        classes()
                .that()
                .resideInAPackage("io.dkron.core..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.dkron.core..", "java..", "com.fasterxml.jackson.core..")
                .check(all);
    }

    @Test
    void coreReachesNoClockThreadSocketFileOrRandomSource() {
        noClasses()
                .that()
                .resideInAPackage("io.dkron.core..")
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.util.UUID.class, "randomUUID")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Files")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..", "java.nio.channels..")
                .check(all);
    }

    @Test
    void agentsNeedNoContainer() {
        noClasses()
                .that()
                .resideInAnyPackage("io.dkron.agent..", "io.dkron.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta..", "org.eclipse.microprofile..", "io.dkron.ejb..")
                .check(all);
        noClasses()
                .that()
                .resideInAPackage("io.dkron.agent..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.dkron.connectors..")
                .check(all);
    }

    /** Commands on a whole store load its backend by name, as the adapter does, and know none. */
    @Test
    void commandsMeetConnectorsThroughTheirLoaderOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.dkron.cli..")
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("io.dkron.connectors..")
                        .and(DescribedPredicate.not(
                                JavaClass.Predicates.resideInAPackage("io.dkron.connectors.backends.."))))
                .check(all);
    }

    @Test
    void connectorsKnowTheCoreOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.dkron.connectors..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.dkron.agent..", "io.dkron.ejb..", "io.dkron.jaxrs..", "io.dkron.web..", "io.dkron.cli..")
                .check(all);
    }

    @Test
    void servicesMeetConnectorsThroughTheConnectionFactoryOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.dkron.ejb..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.dkron.connectors..", "io.dkron.jaxrs..", "io.dkron.web..", "io.dkron.cli..", "org.h2..")
                .check(all);
    }

    @Test
    void theWarsDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage("io.dkron.jaxrs..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.dkron.web..", "io.dkron.connectors..", "io.dkron.cli..")
                .check(all);
        noClasses()
                .that()
                .resideInAPackage("io.dkron.web..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.dkron.jaxrs..", "io.dkron.connectors..", "io.dkron.cli..")
                .check(all);
    }

    @Test
    void roomsOfTheCoreHaveNoCycles() {
        slices().matching("io.dkron.core.(*)..").should().beFreeOfCycles().check(all);
    }
}
