using System.Collections.Concurrent;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Secrets.Keys;

namespace TriggerConsole.Tests.Secrets.Keys;

/// <summary>Keys and secrets of one node, as the product registers them, on a database that outlives it.</summary>
internal sealed class KeyBench : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private KeyBench(ServiceProvider services) => _services = services;

    public ConcurrentQueue<string> Log { get; } = new();

    public SecretProtector Protector => Get<SecretProtector>();

    public DataKeyRotation Rotation => Get<DataKeyRotation>();

    public SecretStore Secrets => Get<SecretStore>();

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public TriggerConsoleDbContext Open() => Get<Microsoft.EntityFrameworkCore.IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContext();

    /// <summary>A node that has come as far as having its keys.</summary>
    public static async Task<KeyBench> StartAsync(string folder, TimeProvider? time = null, Dictionary<string, string?>? settings = null)
    {
        var bench = await MigrateAsync(folder, time, settings);
        try
        {
            await using (await bench.Get<INodeStore>().EnterAloneAsync(default)) await bench.Get<KeyPreparation>().RunAsync(default);
            await bench.Secrets.LoadAsync(default);
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    /// <summary>A node that has its database, and no keys yet.</summary>
    public static async Task<KeyBench> MigrateAsync(string folder, TimeProvider? time = null, Dictionary<string, string?>? settings = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings ?? []).AddInMemoryCollection([new("Database:Directory", folder)]).Build());
        services.AddSingleton<IHostEnvironment>(new Environment());
        if (time is not null) services.AddSingleton(time);
        KeyBench? bench = null;
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new Lines(line => bench?.Log.Enqueue(line))));
        services.AddTriggerConsole();
        bench = new(services.BuildServiceProvider());
        await bench.Get<DatabaseMigrator>().MigrateAsync(default);
        return bench;
    }

    /// <summary>What earlier versions made: a key ring that nothing protects, and values that it encrypts.</summary>
    public IDataProtector AsBefore()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddDataProtection().SetApplicationName("TriggerConsole");
        services.Configure<KeyManagementOptions>(options => options.XmlRepository = new DataProtectionKeyRepository(Get<Microsoft.EntityFrameworkCore.IDbContextFactory<TriggerConsoleDbContext>>()));
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>().CreateProtector("TriggerConsole.Secrets.v1");
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    private sealed class Environment : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = Environments.Production;

        public string ApplicationName { get; set; } = "tests";

        public string ContentRootPath { get; set; } = Path.GetTempPath();

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }

    private sealed class Lines(Action<string> write) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => write($"{logLevel} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
