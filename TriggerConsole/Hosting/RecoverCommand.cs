using Microsoft.Extensions.Options;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Operations;

namespace TriggerConsole.Hosting;

/// <summary><c>--recover</c>: the way back for an administrator whom no other one can help.</summary>
internal static class RecoverCommand
{
    public static async Task<int> RunAsync(IServiceProvider services, Command command, CancellationToken cancellationToken)
    {
        await TransferCommands.RequireCurrentAsync(services, cancellationToken);
        await services.PrepareKeysAsync(cancellationToken);
        var recovered = await services.GetRequiredService<UserCommands>().RecoverAsync(command.Operand!, cancellationToken);
        if (recovered.Refusal is not null) throw new OperationRefusedException($"There is no user {command.Operand}.");
        var (user, link) = (recovered.Value!.User, recovered.Value.Link!);
        var server = services.GetRequiredService<IOptions<ServerOptions>>().Value.PublicUrl is { Length: > 0 } url ? url.TrimEnd('/') : "http://SERVER";
        Console.WriteLine($"{user.Email} ({user.Role}) is unlocked and signed out, and two-factor sign-in is off. Servers that run may take a minute to notice.");
        Console.WriteLine($"A new password is chosen here, once, until {link.ExpiresAt:u}: {server}{link.Path}");
        return 0;
    }
}
