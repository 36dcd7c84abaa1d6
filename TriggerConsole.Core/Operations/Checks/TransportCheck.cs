using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Transport;

namespace TriggerConsole.Core.Operations.Checks;

/// <summary>The broker that carries ready executions, when one is configured.</summary>
internal sealed class TransportCheck(IOptions<ExecutionOptions> options, TransportConnection connection, TimeProvider time, ILogger<TransportCheck> logger)
{
    private const string What = "transport";

    /// <summary>Null when executions go through the database.</summary>
    public async Task<CheckLine?> RunAsync(bool isOffline, CancellationToken cancellationToken)
    {
        if (options.Value.Transport != ExecutionTransport.RabbitMq) return null;
        if (isOffline) return new(What, CheckState.Note, "RabbitMQ, not called (--offline).");
        await using var client = new AmqpClient(connection.Make(options.Value.RabbitMq.Uri!, "TriggerConsole: check"), time, logger);
        if (await client.ConnectAsync(cancellationToken) is { } failure) return new(What, CheckState.Fault, $"{failure.Sentence} Until it answers, nodes find executions in the table. Check Execution:RabbitMq:Uri.");
        return new(What, CheckState.Ok, $"{client.Status.Server ?? "The broker"} answers.");
    }
}
