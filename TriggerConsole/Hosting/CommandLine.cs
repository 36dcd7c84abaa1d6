using System.Reflection;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Scheduling.Engine;

namespace TriggerConsole.Hosting;

/// <summary>What the program does instead of serving, and how it says that it cannot start: one line per fault, exit code 1.</summary>
internal static class CommandLine
{
    private const string Help = """
        TriggerConsole [--KEY VALUE …]     serve; any configuration key may be given: --urls http://localhost:8080 --Database:Provider PostgreSql
        TriggerConsole --migrate           bring the database up to date, then end
        TriggerConsole --version
        TriggerConsole --help

        Configuration comes from appsettings.json, environment variables (Database__Provider) and the command line; docs/configuration.md lists every key.
        """;

    /// <summary>Answers commands that need no host. True when there is nothing more to do.</summary>
    public static bool Answers(string[] args)
    {
        if (args.Contains("--help") || args.Contains("-h")) Console.WriteLine(Help);
        else if (args.Contains("--version")) Console.WriteLine(Assembly.GetExecutingAssembly().GetName().Version?.ToString(3));
        else return false;
        return true;
    }

    /// <summary>
    /// The arguments that are settings; a switch without a value would swallow the next one as its own. Files of settings are read
    /// once: watching them means watching the folder, and a database that lies in it would wake the server at each of its own writes.
    /// </summary>
    public static string[] Settings(string[] args) => ["--hostBuilder:reloadConfigOnChange=false", .. args.Where(a => a != "--migrate")];

    /// <summary>Serves, or does what the arguments ask for.</summary>
    public static async Task RunAsync(this WebApplication app, string[] args)
    {
        if (!args.Contains("--migrate"))
        {
            await app.RunAsync();
            return;
        }
        app.Services.GetRequiredService<SqliteFileLock>().Take(app.Services.GetRequiredService<DatabaseTarget>());
        await app.Services.GetRequiredService<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
        await app.Services.GetRequiredService<ScheduleEngine>().ProvisionAsync(CancellationToken.None);
        Console.WriteLine("The database is up to date.");
    }

    /// <summary>
    /// Until the server has started, the host's own report of a failed start is left out: the fault is said in one line by
    /// <see cref="Explain"/>, or thrown with its stack trace when it is a bug.
    /// </summary>
    public static void SayFaultsOnce(this WebApplicationBuilder builder)
    {
        var isStarted = false;
        builder.Services.PostConfigure<LoggerFilterOptions>(options => options.Rules.Add(
            new(null, "Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Information, (_, _, level) => isStarted || level < LogLevel.Error)));
        builder.Services.AddOptions<HostOptions>().Configure<IHostApplicationLifetime>((_, lifetime) => lifetime.ApplicationStarted.Register(() => isStarted = true));
    }

    /// <summary>Refuses keys that nothing reads.</summary>
    public static void CheckConfiguration(IConfiguration configuration)
    {
        var faults = ConfigurationCheck.UnknownKeys(configuration, new Dictionary<string, Type> { [ServerOptions.SectionName] = typeof(ServerOptions) });
        if (faults.Count > 0) throw new OptionsValidationException("configuration", typeof(ConfigurationCheck), faults);
    }

    /// <summary>The faults of a start in lines for whoever configures it; null when it is a bug, which needs its stack trace.</summary>
    public static IReadOnlyList<string>? Explain(Exception exception) => exception switch
    {
        OptionsValidationException options => [.. options.Failures.Select(failure => Named(options.OptionsType, failure))],
        AggregateException aggregate when aggregate.InnerExceptions.All(e => Explain(e) is not null) => [.. aggregate.InnerExceptions.SelectMany(e => Explain(e)!)],
        // "Failed to convert configuration value 'x' at 'Execution:MaxConcurrency' to type …"
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } binder => [$"{binder.Message} {binder.InnerException?.Message}".Trim()],
        InvalidOperationException or ArgumentException or IOException or FormatException => [exception.Message],
        System.Data.Common.DbException => [$"The database cannot be opened: {exception.Message}"],
        _ => null,
    };

    // Attributes say "MaxConcurrency: must be …"; people look for "Execution:MaxConcurrency"
    private static string Named(Type options, string failure)
        => options.GetField("SectionName")?.GetValue(null) is string section && !failure.StartsWith(section + ":", StringComparison.Ordinal) ? $"{section}:{failure}" : failure;
}
