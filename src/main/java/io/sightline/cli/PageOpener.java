package io.sightline.cli;

import io.sightline.demo.Ports;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the live page in this machine's browser, if it has one, once somebody listens at its port. */
final class PageOpener {
    private static final Logger LOG = LoggerFactory.getLogger(PageOpener.class);
    private static final int LOOKS = 300;
    private static final long LOOK_MILLIS = 200;

    private PageOpener() {}

    /** Returns at once. */
    static void open(int port) {
        Thread opener = new Thread(() -> openWhenReady(port), "page-opener");
        opener.setDaemon(true);
        opener.start();
    }

    private static void openWhenReady(int port) {
        try {
            for (int look = 0; look < LOOKS && !Ports.answers(port); look++) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
            new ProcessBuilder(command("http://127.0.0.1:" + port + "/"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            LOG.debug("no browser opens: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> command(String url) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (system.startsWith("mac")) {
            return List.of("open", url);
        }
        return system.startsWith("windows")
                ? List.of("rundll32", "url.dll,FileProtocolHandler", url)
                : List.of("xdg-open", url);
    }
}
