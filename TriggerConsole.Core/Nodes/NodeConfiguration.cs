using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Nodes;

internal sealed class NodeConfiguration : IEntityTypeConfiguration<Node>
{
    public void Configure(EntityTypeBuilder<Node> builder)
    {
        builder.ToTable("nodes");
        builder.Property(n => n.Id).ValueGeneratedNever();
        builder.Property(n => n.Name).HasMaxLength(Node.MaxNameLength);
        builder.Property(n => n.Host).HasMaxLength(Node.MaxHostLength);
        builder.Property(n => n.Role).HasMaxLength(Node.MaxRoleLength);
        builder.Property(n => n.Version).HasMaxLength(Node.MaxVersionLength);
    }
}
