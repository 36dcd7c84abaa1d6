using Microsoft.Extensions.Options;
using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Core.Executions.Transport;

/// <summary>The transport as the engine sees it: started and stopped with it, whichever is configured.</summary>
internal sealed class TransportRunner(IOptions<ExecutionOptions> options, ExecutionNode node, ExecutionJournal journal, Lazy<(RabbitMqTransport Transport, TransportFeeder Feeder)> rabbit)
{
    private bool _isRunning;

    public TransportStatus Status => options.Value.Transport == ExecutionTransport.RabbitMq && _isRunning ? rabbit.Value.Transport.Status : new(options.Value.Transport, options.Value.Transport == ExecutionTransport.Database, null);

    /// <summary>Begins to watch the journal, before it starts.</summary>
    /// <exception cref="InvalidOperationException">The database cannot be shared, so there is nobody to carry anything to.</exception>
    public void Attach()
    {
        if (options.Value.Transport != ExecutionTransport.RabbitMq) return;
        if (!node.SharesDatabase) throw new InvalidOperationException("Execution:Transport is RabbitMq, but this database belongs to one node alone. Take the key out, or set Database:Provider to PostgreSql.");
        _isRunning = true;
        rabbit.Value.Feeder.Start();
        journal.OnCommitted(rabbit.Value.Feeder.Committed);
    }

    /// <summary>Connects, in the background.</summary>
    public void Start()
    {
        if (_isRunning) rabbit.Value.Transport.Start();
    }

    public Task StopAsync() => _isRunning ? rabbit.Value.Transport.StopAsync() : Task.CompletedTask;
}
