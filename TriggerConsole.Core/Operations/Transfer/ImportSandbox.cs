using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Operations.Transfer;

/// <summary>
/// A second set of Core's services in which an import is tried: the same validators, over directories of its own. A trigger is checked
/// against the brokers and exchanges as they will be, and nothing that runs sees them before they are saved.
/// </summary>
internal sealed class ImportSandbox : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private ImportSandbox(ServiceProvider services) => _services = services;

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <param name="outside">The services in use: database, keys and configuration are theirs.</param>
    /// <param name="secrets">Names that templates may use besides those that are stored.</param>
    public static async Task<ImportSandbox> OpenAsync(IServiceProvider outside, IEnumerable<string> secrets, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        // Given as instances, they stay alive when the sandbox goes
        Share<IConfiguration>();
        Share<IHostEnvironment>();
        Share<ILoggerFactory>();
        Share<TimeProvider>();
        Share<DatabaseTarget>();
        Share<SqliteWriteGate>();
        Share<IDbContextFactory<TriggerConsoleDbContext>>();
        Share<SecretProtector>();
        Share<TemplateEnvironment>();
        Share<OwnServer>();
        Share<IHostResolver>();
        Share<EgressPolicy>();
        services.AddLogging();
        services.AddSingleton(outside.GetRequiredService<ILoggerFactory>());
        services.AddTriggerConsole();
        var stored = new SecretStore(outside.GetRequiredService<IDbContextFactory<TriggerConsoleDbContext>>(), outside.GetRequiredService<SecretProtector>(), outside.GetRequiredService<TimeProvider>());
        await stored.LoadAsync(cancellationToken);
        services.AddSingleton<ISecretValues>(new AnnouncedSecrets(stored, secrets));
        var sandbox = new ImportSandbox(services.BuildServiceProvider());
        await sandbox.Get<MqttBrokerCommands>().LoadAsync(cancellationToken);
        await sandbox.Get<AmqpBrokerCommands>().LoadAsync(cancellationToken);
        await sandbox.Get<AmqpExchangeCommands>().LoadAsync(cancellationToken);
        await sandbox.Get<TriggerLoader>().LoadAsync(cancellationToken);
        await sandbox.Get<CallbackCommands>().LoadAsync(cancellationToken);
        return sandbox;

        void Share<T>() where T : class => services.AddSingleton(outside.GetRequiredService<T>());
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>Those that are stored, and those that the file says will be.</summary>
    private sealed class AnnouncedSecrets(SecretStore stored, IEnumerable<string> names) : ISecretValues
    {
        private readonly HashSet<string> _names = new(names, StringComparer.OrdinalIgnoreCase);

        public bool Exists(string name) => stored.Exists(name) || _names.Contains(name);

        public bool MayGoTo(string name, string host) => stored.MayGoTo(name, host);

        public string? Find(string name) => stored.Find(name) ?? (_names.Contains(name) ? "" : null);
    }
}
