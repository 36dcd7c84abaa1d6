using System.Reflection;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using TriggerConsole.Authentication.External;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Core.Operations;

namespace TriggerConsole.Hosting;

/// <summary>What the program does instead of serving, and how it says that it cannot start: one line per fault, exit code 1.</summary>
internal static class CommandLine
{
    private const string Help = """
        TriggerConsole [--KEY VALUE …]     serve; any configuration key may be given: --urls http://localhost:8080 --Database:Provider PostgreSql
        TriggerConsole --check             look at settings, database, disk, address and brokers, print what is found, then end;
                                           with --offline without calling brokers
        TriggerConsole --migrate           bring the database up to date, then end
        TriggerConsole --backup FILE       write the whole database to a file, while servers run; --force replaces a file
        TriggerConsole --restore FILE      put a backup in the place of the database, with the server stopped; --force replaces data that is there
                                           with --passphrase-file FILE (or TRIGGERCONSOLE_BACKUP_PASSPHRASE) either one encrypted;
                                           --unencrypted makes a backup from which stored secrets can be read
        TriggerConsole --rotate-keys       give stored secrets a new key and encrypt them anew; goes on where it was stopped
        TriggerConsole --recover EMAIL     let a user in again who can no longer sign in: prints a link for a new password, turns two-factor sign-in off
        TriggerConsole --export FILE       write the configuration, without secrets, as readable JSON; - for the standard output; --force replaces a file
        TriggerConsole --import FILE       take over such a file, whole or not at all; --dry-run only prints what would change
        TriggerConsole --verify-audit [ANCHOR]
                                           check the whole audit log, while servers run; an anchor (1234:ab12…) was noted of it earlier
        TriggerConsole --health [URL]      ask a running server whether it is ready; for health checks of containers
        TriggerConsole --version
        TriggerConsole --help

        Every command ends with 0 when it did what it was asked for, and with 1 and a sentence when not. Keys may be given with each.
        Configuration comes from appsettings.json, environment variables (Database__Provider) and the command line; docs/configuration.md lists every key.
        """;

    /// <summary>Answers commands that need no host. Null when there is more to do; else the exit code.</summary>
    public static async Task<int?> AnswerAsync(Command? command)
    {
        switch (command?.Name)
        {
            case "--help" or "-h":
                Console.WriteLine(Help);
                return 0;
            case "--version":
                Console.WriteLine(Assembly.GetExecutingAssembly().GetName().Version?.ToString(3));
                return 0;
            case "--health":
                return await HealthProbe.RunAsync(command.Operand);
            default:
                return null;
        }
    }

    /// <summary>
    /// The settings among the arguments. Files of settings are read once: watching them means watching the folder, and a database that
    /// lies in it would wake the server at each of its own writes.
    /// </summary>
    public static string[] ReadOnce(string[] settings) => ["--hostBuilder:reloadConfigOnChange=false", .. settings];

    /// <summary>What a command prints is its own: what is logged beside it goes where errors go, and only from warnings on.</summary>
    public static void LogAside(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.PostConfigure<LoggerFilterOptions>(options => options.MinLevel = LogLevel.Warning);
        // Each would be told what it says to a server that starts
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Error).AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Error).AddFilter("TriggerConsole", LogLevel.Warning);
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
        var faults = ConfigurationCheck.UnknownKeys(configuration, new Dictionary<string, Type> { [ServerOptions.SectionName] = typeof(ServerOptions), [ExternalSignInOptions.SectionName] = typeof(ExternalSignInOptions) });
        if (faults.Count > 0) throw new OptionsValidationException("configuration", typeof(ConfigurationCheck), faults);
    }

    /// <summary>The faults of a start in lines for whoever configures it; null when it is a bug, which needs its stack trace.</summary>
    public static IReadOnlyList<string>? Explain(Exception exception) => exception switch
    {
        OptionsValidationException options => [.. options.Failures.Select(failure => Named(options.OptionsType, failure))],
        AggregateException aggregate when aggregate.InnerExceptions.All(e => Explain(e) is not null) => [.. aggregate.InnerExceptions.SelectMany(e => Explain(e)!)],
        // "Failed to convert configuration value 'x' at 'Execution:MaxConcurrency' to type …"
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } binder => [$"{binder.Message} {binder.InnerException?.Message}".Trim()],
        OperationRefusedException refused => [refused.Message],
        InvalidOperationException or ArgumentException or IOException or FormatException => [exception.Message],
        System.Data.Common.DbException => [$"The database cannot be opened: {exception.Message}"],
        _ => null,
    };

    // Attributes say "MaxConcurrency: must be …"; people look for "Execution:MaxConcurrency"
    private static string Named(Type options, string failure)
        => options.GetField("SectionName")?.GetValue(null) is string section && !failure.StartsWith(section + ":", StringComparison.Ordinal) ? $"{section}:{failure}" : failure;
}
