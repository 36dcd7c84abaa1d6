using System.Reflection;
using Microsoft.AspNetCore.Components;
using TriggerConsole.Core;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Hosting;

namespace TriggerConsole.Components.Pages.Settings;

/// <summary>Version, database, health, effective settings.</summary>
public sealed partial class AboutTab
{
    private static readonly string s_informational = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private IReadOnlyList<EffectiveSetting> _settings = [];
    private IReadOnlyList<CircuitView> _circuits = [];
    private DispatcherFigures _engine;
    private DateTimeOffset _startedAt;
    private Exception? _fault;
    private long? _size;
    private long _commits;
    private int _waiting;

    // Without the commit that the build may have added
    private readonly string _version = s_informational.Split('+')[0];

    [Inject] private ExecutionNode Node { get; set; } = default!;

    [Inject] private ExecutionJournal Journal { get; set; } = default!;

    [Inject] private Core.Executions.Dispatch.Dispatcher Engine { get; set; } = default!;

    [Inject] private DatabaseTarget Database { get; set; } = default!;

    [Inject] private DatabaseSize Size { get; set; } = default!;

    [Inject] private EffectiveSettings Settings { get; set; } = default!;

    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(2);

    // Figures that always move: the heartbeat is enough
    protected override bool Concerns(FeedChange change) => false;

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        (_fault, _waiting, _commits, _engine, _circuits) = (Journal.Fault, Journal.Waiting, Journal.Commits, Engine.Figures, Engine.OpenCircuits);
        if (isRefresh) return;
        _settings = Settings.Read();
        _startedAt = Uuid7.TimeOf(Node.Id);
        _size = await Size.ReadAsync(cancellationToken);
    }
}
