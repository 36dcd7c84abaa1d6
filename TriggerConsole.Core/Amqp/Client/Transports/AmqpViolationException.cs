namespace TriggerConsole.Core.Amqp.Client.Transports;

/// <summary>What the other side sent is no AMQP, or not such as a broker may send. The connection ends; the library never sees it.</summary>
/// <param name="fault"><see cref="AmqpConnectFault.NotAmqp"/>, <see cref="AmqpConnectFault.Protocol"/>, or <see cref="AmqpConnectFault.LoginRefused"/> when it offers no way to sign in.</param>
/// <param name="what">The rest of a sentence that begins with the host: <c>sent …</c>.</param>
internal sealed class AmqpViolationException(AmqpConnectFault fault, string what) : IOException($"The broker {what}.")
{
    public AmqpConnectFault Fault { get; } = fault;

    public string What { get; } = what;

    public static AmqpViolationException Protocol(string what) => new(AmqpConnectFault.Protocol, what);
}
