using System.Net;
using System.Net.Sockets;
using RabbitMQ.Client;

namespace TriggerConsole.Core.Amqp.Client.Transports;

/// <summary>What the library takes for its socket: the stream is there already, so it never looks up a name or connects by itself.</summary>
internal sealed class AmqpTcpClient(AmqpStream stream) : ITcpClient
{
    public bool Connected => true;

    public TimeSpan ReceiveTimeout { get; set; }

    public Socket Client => stream.Socket;

    public Task ConnectAsync(IPAddress host, int port, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public NetworkStream GetStream() => stream;

    public void Close() => stream.Abort();

    public void Dispose() => Close();
}
