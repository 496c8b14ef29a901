import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;

import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

/** Serves a Neo4j over Bolt until its standard input ends: java -cp 'lib/*' Serve.java DATA CONF PORT. */
public final class Serve {
    public static void main(String[] args) throws IOException {
        var loopback = InetAddress.getLoopbackAddress().getHostAddress();
        var address = new SocketAddress(loopback, Integer.parseInt(args[2]));
        var service = new DatabaseManagementServiceBuilder(Path.of(args[0]))
                .loadPropertiesFromFile(Path.of(args[1]))
                .setConfig(BoltConnector.enabled, true)
                .setConfig(BoltConnector.listen_address, address)
                .setConfig(BoltConnector.advertised_address, address)
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(service::shutdown));
        System.out.println("serving");
        while (System.in.read() >= 0) {
            // Whoever started this process holds the other end, so that none outlives its test.
        }
        System.exit(0);
    }
}
