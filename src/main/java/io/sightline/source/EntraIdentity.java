package io.sightline.source;

import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec.Identity;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.function.Function;

/**
 * An identity of Entra ID as the platform gives it to this process, for one Event Hubs namespace: where its tokens are got,
 * and what for. Holds no secret: two that are equal share their tokens.
 */
sealed interface EntraIdentity {
    /** Where its tokens are got. */
    URI endpoint();

    /** What to look at when none is given, as the end of a sentence. */
    String needs();

    /**
     * The service account of a pod, which Entra ID trusts in place of a secret.
     *
     * @param assertion a reference to the service account's token, which Kubernetes replaces about once an hour
     * @param scope the namespace
     */
    record Workload(URI endpoint, String clientId, Setting assertion, String scope) implements EntraIdentity {
        @Override
        public String needs() {
            return "AZURE_TENANT_ID, AZURE_CLIENT_ID, and that this client has a federated credential for the pod's service"
                    + " account";
        }
    }

    /**
     * That of the virtual machine, which the machine's metadata service answers for.
     *
     * @param clientId which, where the machine has several; empty for the only one
     * @param resource the namespace
     */
    record Managed(URI endpoint, String clientId, String resource) implements EntraIdentity {
        @Override
        public String needs() {
            return "that the machine has a managed identity, and AZURE_CLIENT_ID, which names it if there are several";
        }
    }

    /**
     * The one of this process.
     *
     * @param bootstrapServers the address of the namespace
     * @param resolve what a setting stands for in this process
     * @throws SourceException if what the platform gives cannot be used
     * @throws io.sightline.spec.UnresolvedSettingException if it gives nothing
     */
    static EntraIdentity ofThisProcess(
            Identity kind, String bootstrapServers, Function<? super Setting, String> resolve) {
        String host = bootstrapServers.strip().replaceFirst(":[0-9]+$", "");
        return switch (kind) {
            case WORKLOAD -> workload(host, resolve);
            case MANAGED -> managed(host, resolve);
        };
    }

    private static EntraIdentity workload(String host, Function<? super Setting, String> resolve) {
        // The four that the webhook of AKS workload identity sets.
        String authority = variable("AZURE_AUTHORITY_HOST:-" + Cloud.of(host).authority, resolve);
        String tenant = variable("AZURE_TENANT_ID", resolve);
        String file = variable("AZURE_FEDERATED_TOKEN_FILE", resolve);
        URI endpoint =
                uri("AZURE_AUTHORITY_HOST", authority.replaceFirst("/*$", "") + "/" + tenant + "/oauth2/v2.0/token");
        if (!"https".equals(endpoint.getScheme()) && !isThisMachine(endpoint)) {
            throw SourceException.badIdentity("AZURE_AUTHORITY_HOST is `" + authority
                    + "`, over which a secret would go in the clear; expected https://HOST");
        }
        return new Workload(
                endpoint,
                variable("AZURE_CLIENT_ID", resolve),
                new Setting("${file:" + file + "}"),
                "https://" + host + "/.default");
    }

    private static EntraIdentity managed(String host, Function<? super Setting, String> resolve) {
        // The variable is the one by which Azure's own libraries can be led elsewhere.
        String service = variable("AZURE_POD_IDENTITY_AUTHORITY_HOST:-http://169.254.169.254", resolve);
        URI endpoint = uri(
                "AZURE_POD_IDENTITY_AUTHORITY_HOST",
                service.replaceFirst("/*$", "") + "/metadata/identity/oauth2/token");
        return new Managed(endpoint, variable("AZURE_CLIENT_ID:-", resolve), "https://" + host);
    }

    private static String variable(String reference, Function<? super Setting, String> resolve) {
        return resolve.apply(new Setting("${env:" + reference + "}")).strip();
    }

    private static URI uri(String variable, String text) {
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null
                    && uri.getScheme() != null
                    && uri.getScheme().startsWith("http")) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw SourceException.badIdentity(
                variable + " leads to `" + text + "`, which is no address; expected https://HOST");
    }

    private static boolean isThisMachine(URI endpoint) {
        try {
            return InetAddress.getByName(endpoint.getHost()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The clouds of Azure, by the suffix of a namespace's address. */
    enum Cloud {
        PUBLIC("servicebus.windows.net", "https://login.microsoftonline.com"),
        CHINA("servicebus.chinacloudapi.cn", "https://login.chinacloudapi.cn"),
        US_GOVERNMENT("servicebus.usgovcloudapi.net", "https://login.microsoftonline.us");

        private final String suffix;
        private final String authority;

        Cloud(String suffix, String authority) {
            this.suffix = suffix;
            this.authority = authority;
        }

        /** That of a namespace; the public one if the address tells nothing. */
        static Cloud of(String host) {
            return Arrays.stream(values())
                    .filter(cloud -> host.endsWith("." + cloud.suffix))
                    .findFirst()
                    .orElse(PUBLIC);
        }
    }
}
