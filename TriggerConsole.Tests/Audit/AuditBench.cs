using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Audit;

/// <summary>The real services on a database of their own, up to date and guarded; nothing runs in the background.</summary>
internal sealed class AuditBench : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _folder;

    private AuditBench(ServiceProvider services, string folder, RecordedLog log) => (_services, _folder, Log) = (services, folder, log);

    public RecordedLog Log { get; }

    public AuditVerifier Verifier => Get<AuditVerifier>();

    public AuditQueries Queries => Get<AuditQueries>();

    /// <summary>Names of the providers that tests run on.</summary>
    public static TheoryData<DatabaseProvider> Providers => [DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql];

    public static async Task<AuditBench> StartAsync(DatabaseProvider provider, PostgreSqlServer server, TimeProvider? time = null, Dictionary<string, string?>? settings = null, string? folder = null, string? connection = null)
    {
        var path = folder ?? Directory.CreateTempSubdirectory("tc-audit-").FullName;
        var keys = new Dictionary<string, string?>(settings ?? []) { ["Database:Directory"] = path, ["Node:Name"] = "bench" };
        if (provider == DatabaseProvider.PostgreSql) (keys["Database:Provider"], keys["ConnectionStrings:TriggerConsole"]) = ("PostgreSql", connection ?? await server.CreateDatabaseAsync());
        else keys["ConnectionStrings:TriggerConsole"] = $"Data Source={path}/triggerconsole.db;Pooling=False";
        var log = new RecordedLog();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(keys).Build());
        services.AddSingleton<IHostEnvironment>(new HostingEnvironment { EnvironmentName = Environments.Production, ApplicationName = "TriggerConsole", ContentRootPath = path });
        services.AddLogging(logging => logging.AddProvider(log));
        if (time is not null) services.AddSingleton(time);
        services.AddTriggerConsole();
        var bench = new AuditBench(services.BuildServiceProvider(), path, log);
        await bench.Get<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
        await bench.Get<KeyPreparation>().RunAsync(CancellationToken.None); // as a server does before it takes requests
        return bench;
    }

    public string Folder => _folder;

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public TriggerConsoleDbContext Open() => Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContext();

    /// <summary>Makes a secret of this name, which is one entry.</summary>
    public Task MakeSecretAsync(string name) => Get<SecretStore>().SetAsync(name, "value of it", null, CancellationToken.None);

    /// <summary>All entries, oldest first.</summary>
    public async Task<List<AuditEntry>> EntriesAsync()
    {
        await using var context = Open();
        return await context.AuditEntries.AsNoTracking().OrderBy(e => e.Sequence).ToListAsync();
    }

    public Task<AuditReport> VerifyAsync(AuditAnchor? anchor = null) => Verifier.VerifyAsync(anchor, CancellationToken.None);

    /// <summary>Someone with a shell of the database, who knows about the triggers.</summary>
    public async Task TamperAsync(params string[] statements)
    {
        await using var context = Open();
        string[] open = context is SqliteTriggerConsoleDbContext
            ? ["DROP TRIGGER IF EXISTS audit_entries_append_only", "DROP TRIGGER IF EXISTS audit_entries_no_delete", "DROP TRIGGER IF EXISTS audit_entries_no_replace", "DROP TRIGGER IF EXISTS audit_head_forward", "DROP TRIGGER IF EXISTS audit_head_no_delete"]
            : ["ALTER TABLE audit_entries DISABLE TRIGGER ALL", "ALTER TABLE audit_head DISABLE TRIGGER ALL"];
        foreach (var statement in open.Concat(statements)) await context.Database.ExecuteSqlRawAsync(statement);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordedLog : ILoggerProvider, ILogger
{
    private readonly List<(LogLevel Level, int Id, string Text)> _lines = [];

    public IReadOnlyList<(LogLevel Level, int Id, string Text)> Lines
    {
        get { lock (_lines) return [.. _lines]; }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines) _lines.Add((logLevel, eventId.Id, formatter(state, exception)));
    }

    public void Dispose() { }
}
