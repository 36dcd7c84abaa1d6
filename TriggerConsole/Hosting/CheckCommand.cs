using TriggerConsole.Core.Operations.Checks;

namespace TriggerConsole.Hosting;

/// <summary><c>--check</c>: one line for each thing, 0 when the server can start and everything answers.</summary>
internal static class CheckCommand
{
    public static async Task<int> RunAsync(IServiceProvider services, Command command, CancellationToken cancellationToken)
    {
        var faults = 0;
        await foreach (var line in services.GetRequiredService<InstallationCheck>().RunAsync(command.Offline, cancellationToken)) Print(line);
        foreach (var line in ActivatorUtilities.CreateInstance<ListenCheck>(services).Run()) Print(line);
        Console.WriteLine(faults == 0 ? "Everything works." : $"{faults} {(faults == 1 ? "thing does" : "things do")} not work.");
        return faults == 0 ? 0 : 1;

        void Print(CheckLine line)
        {
            if (line.State == CheckState.Fault) faults++;
            Console.WriteLine($"{(line.State switch { CheckState.Ok => "ok   ", CheckState.Note => "note ", _ => "FAULT" })} {line.What}: {line.Text}");
        }
    }
}
